"""Sources in, clean documents out: readers, stages, and the engine they run on."""
