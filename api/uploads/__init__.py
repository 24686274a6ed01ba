"""Tables and ids that somebody sends, read and judged before anything is kept."""
