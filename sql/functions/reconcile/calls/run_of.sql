create or replace function reconcile.run_of(p_run text) returns integer
language plpgsql as $$
declare
  v_run record;
begin
  select run_id, kind into v_run from reconcile.runs where name = p_run;
  if not found then
    insert into reconcile.runs (name, kind, status) values (p_run, 'direct', 'open') on conflict (name) do nothing;
    select run_id, kind into v_run from reconcile.runs where name = p_run;
  end if;
  if v_run.kind = 'replay' then
    raise exception 'p_run: % is a replay of the log, which takes no events or commands besides.', quote_literal(p_run)
      using errcode = 'invalid_parameter_value';
  end if;
  return v_run.run_id;
end
$$;
comment on function reconcile.run_of(text) is 'The number of a run that takes calls; made if it is new.';
