"""What Python users see as ``import vaiven``: the command line's verbs on objects, frames in and frames out."""
