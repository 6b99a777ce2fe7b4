"""From web map tiles and building outlines to chips and masks that training takes."""
