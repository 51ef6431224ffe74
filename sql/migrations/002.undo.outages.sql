drop schema oms cascade;
