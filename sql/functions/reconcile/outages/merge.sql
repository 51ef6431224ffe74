create or replace function reconcile.merge(p_outages bigint[], p_seq bigint) returns bigint
language plpgsql as $$
declare
  v_sorted bigint[];
begin
  select array_agg(outage_no order by first_ms, outage_id) into v_sorted from reconcile.outages where outage_no = any (p_outages);
  for i in 2 .. array_length(v_sorted, 1) loop
    perform reconcile.merge_into(v_sorted[1], v_sorted[i], p_seq);
  end loop;
  return v_sorted[1];
end
$$;
comment on function reconcile.merge(bigint[], bigint) is
  'Merges outages into the one that was first detected, ties by smaller id; returns it.';
