"""What all pages of the console share: how one is opened, rendered, signed in to; each room brings its own pages."""
