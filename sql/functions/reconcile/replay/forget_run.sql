create or replace function reconcile.forget_run(p_run text) returns void
language plpgsql as $$
declare
  v_run_id integer;
begin
  select run_id into v_run_id from reconcile.runs where name = p_run for update;
  perform reconcile.empty_books(v_run_id);
  delete from reconcile.runs where run_id = v_run_id;
end
$$;
comment on function reconcile.forget_run(text) is 'Deletes a run with its books and findings.';
