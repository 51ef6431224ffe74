drop index oms.timeline_to_value_idx;
