"""The chart of the comparison of principles: what each mechanism gives, measure by measure."""
