create or replace function reconcile.empty_books(p_run_id integer) returns void
language plpgsql as $$
begin
  delete from reconcile.members m
  using reconcile.outages o join reconcile.keys k using (key_id)
  where k.run_id = p_run_id and m.outage_no = o.outage_no;
  delete from reconcile.keys where run_id = p_run_id;
  delete from reconcile.queue where run_id = p_run_id;
  delete from reconcile.unplaced where run_id = p_run_id;
  delete from reconcile.commands where run_id = p_run_id;
end
$$;
comment on function reconcile.empty_books(integer) is
  'Empties the books of a run: what is left is that it was, what came out and what was found.';
