create or replace function reconcile.forget_run(p_run text) returns void
language plpgsql as $$
declare
  v_run_id integer;
begin
  select run_id into v_run_id from reconcile.runs where name = p_run for update;
  delete from reconcile.members m
  using reconcile.outages o join reconcile.keys k using (key_id)
  where k.run_id = v_run_id and m.outage_no = o.outage_no;
  delete from reconcile.runs where run_id = v_run_id;
end
$$;
comment on function reconcile.forget_run(text) is 'Deletes a run with its books.';
