"""Make chips and masks to train on from web map tiles and building outlines."""
