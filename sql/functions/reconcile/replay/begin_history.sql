create or replace function reconcile.begin_history(p_run text, p_history uuid, p_author text) returns integer
language plpgsql as $$
declare
  v_parameters jsonb := jsonb_build_object('order', 'event-time', 'history', p_history);
  v_run reconcile.runs;
begin
  insert into reconcile.runs (name, kind, status, parameters, author) values (p_run, 'replay', 'running', v_parameters, p_author)
  on conflict (name) do nothing
  returning * into v_run;
  if v_run.run_id is null then
    select * into v_run from reconcile.runs where name = p_run;
    if v_run.parameters <> v_parameters then
      raise exception 'p_run: % is there already, with other parameters: %.', quote_literal(p_run), v_run.parameters
        using errcode = 'invalid_parameter_value';
    end if;
  end if;
  return v_run.run_id;
end
$$;
comment on function reconcile.begin_history(text, uuid, text) is
  'Makes a run for a history that never was on the log, or finds the one of that history; an error if the name is another''s.';
