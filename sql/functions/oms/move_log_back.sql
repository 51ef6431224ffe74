create or replace function oms.move_log_back() returns void
language plpgsql as $$
declare
  v_place record;
  v_table text;
begin
  -- By more than all offsets span: none of them falls on one that is still to be moved.
  for v_place in
    select log_partition as partition, max(log_offset) + 1 - least(min(log_offset), 0) as shift
    from (
      select log_partition, log_offset from oms.events
      union all select log_partition, log_offset from oms.commands
      union all select log_partition, log_offset from oms.outages
      union all select log_partition, log_offset from oms.members
      union all select log_partition, log_offset from oms.timeline
      union all select log_partition, log_offset from oms.witnesses
      union all select log_partition, log_offset from oms.late) stored
    group by log_partition
  loop
    foreach v_table in array array(select format('%I.events', source) from oms.sources order by number)
      || array['oms.commands', 'oms.outages', 'oms.members', 'oms.timeline', 'oms.witnesses', 'oms.late']
    loop
      execute format('update %s set log_offset = log_offset - $1 where log_partition = $2', v_table)
        using v_place.shift, v_place.partition;
    end loop;
  end loop;
  update oms.outages set record = jsonb_set(record, '{log,offset}', to_jsonb(log_offset));
  foreach v_table in array array['oms.unplaced', 'oms.rejected']
  loop
    execute format(
      'update %1$s as moved set "offset" = "offset" - place.shift
       from (select topic, partition, max("offset") + 1 - least(min("offset"), 0) as shift from %1$s group by topic, partition) place
       where moved.topic = place.topic and moved.partition = place.partition', v_table);
  end loop;
end
$$;
comment on function oms.move_log_back() is
  'Kafka''s log begins anew: what is stored of the one before gets places below 0, in its order, so that it stands before the new one and shares no place with it.';
