"""Import of the disclosure workbooks that the US Department of Labor publishes each year, of whichever visa."""
