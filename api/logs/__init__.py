"""What is kept of what happened: the audit log, the lines of standard error, faults without values."""
