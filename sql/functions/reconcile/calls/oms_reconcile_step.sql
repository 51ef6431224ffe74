create or replace function public.oms_reconcile_step(p_run text, p_limit integer default 2000) returns bigint
language plpgsql
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_started timestamptz := clock_timestamp();
  v_run reconcile.runs;
  v_judge_late boolean;
  e reconcile.queue;
  v_taken reconcile.taken;
  k reconcile.keys;
  v_taken_now bigint := 0;
begin
  select * into v_run from reconcile.runs where name = p_run for update;
  if v_run.kind is distinct from 'replay' then
    raise exception 'p_run: there is no replay %; oms_reconcile begins one.', coalesce(quote_literal(p_run), 'null')
      using errcode = 'invalid_parameter_value';
  elsif p_limit is null or p_limit < 1 then
    raise exception 'p_limit: %; expected at least 1.', coalesce(p_limit::text, 'null') using errcode = 'invalid_parameter_value';
  end if;
  v_judge_late := v_run.parameters ->> 'order' = 'log';
  for e in
    select * from reconcile.queue where run_id = v_run.run_id and seq > v_run.last_seq order by seq limit p_limit
  loop
    if e.key_id is distinct from k.key_id then
      perform reconcile.keep_key(k);
      select * into k from reconcile.keys where key_id = e.key_id;
    end if;
    if e.command is null then
      v_taken := reconcile.take_event(k, e, v_judge_late);
    else
      -- As the stream took it, a command goes by the outage's id alone.
      v_taken := reconcile.take_command(k, e.seq, e.t_ms, case when v_judge_late then e.command - 'openedBy' else e.command end);
    end if;
    k := v_taken.key;
    v_taken_now := v_taken_now + 1;
    v_run.last_seq := e.seq;
  end loop;
  perform reconcile.keep_key(k);
  update reconcile.runs
  set entries_done = entries_done + v_taken_now, last_seq = v_run.last_seq, busy = busy + (clock_timestamp() - v_started)
  where run_id = v_run.run_id
  returning * into v_run;
  if v_run.entries_done = v_run.entries_total and v_run.status = 'running' then
    perform reconcile.end_replay(v_run.run_id);
  end if;
  return v_run.entries_total - v_run.entries_done;
end
$$;
comment on function public.oms_reconcile_step(text, integer) is
  'Takes the next entries of a replay and returns how many are left. What it has done lasts when its transaction ends: a replay that was cut off goes on from there.';
