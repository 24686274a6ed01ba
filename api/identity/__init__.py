"""Who somebody is, and what he or she may do."""
