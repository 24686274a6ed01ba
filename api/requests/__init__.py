"""A request on its way in, the same for every resource."""
