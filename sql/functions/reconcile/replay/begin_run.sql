create or replace function reconcile.begin_run(p_run text, p_from timestamptz, p_to timestamptz, p_order text, p_compares boolean)
returns reconcile.runs
language plpgsql as $$
declare
  v_parameters jsonb := jsonb_build_object('from', p_from, 'to', p_to, 'order', p_order)
    || case when p_compares then '{"compares": true}' else '{}' end::jsonb;
  v_run reconcile.runs;
begin
  if coalesce(btrim(p_run), '') = '' then
    raise exception 'p_run: null or empty; expected a name.' using errcode = 'invalid_parameter_value';
  elsif p_order is null or p_order not in ('log', 'event-time') then
    raise exception 'p_order: % is unknown; expected log or event-time.', coalesce(quote_literal(p_order), 'null') using errcode = 'invalid_parameter_value';
  elsif p_from >= p_to then
    raise exception 'p_to: % is not after p_from, %.', p_to, p_from using errcode = 'invalid_parameter_value';
  end if;
  insert into reconcile.runs (name, kind, status, parameters) values (p_run, 'replay', 'running', v_parameters)
  on conflict (name) do nothing
  returning * into v_run;
  if v_run.run_id is null then
    select * into v_run from reconcile.runs where name = p_run;
    if v_run.kind <> 'replay' or v_run.parameters <> v_parameters then
      raise exception 'p_run: % is there already, with other parameters: %.', quote_literal(p_run), v_run.parameters
        using errcode = 'invalid_parameter_value';
    end if;
  end if;
  return v_run;
end
$$;
comment on function reconcile.begin_run(text, timestamptz, timestamptz, text, boolean) is
  'Makes a run for a replay, or finds the one of the same parameters; one that has entries was begun before.';
