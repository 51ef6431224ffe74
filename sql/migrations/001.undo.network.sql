drop schema network cascade;
