create or replace function reconcile.make_key(p_run_id integer, p_substation_id text, p_feeder_id text) returns void
language plpgsql as $$
declare
  v_standard jsonb := reconcile.given_rules('standard');
  k reconcile.keys;
  v_command record;
begin
  insert into reconcile.keys (run_id, substation_id, feeder_id, max_retention_ms, max_window_ms, rule_sets)
  values (p_run_id, p_substation_id, p_feeder_id, (v_standard ->> 'retentionMs')::bigint, (v_standard ->> 'windowMs')::bigint, 1)
  on conflict (run_id, substation_id, feeder_id) do nothing
  returning * into k;
  if k.key_id is null then
    return;
  end if;
  k := reconcile.add_rules(k, v_standard, -9000000000000000, 0);
  -- A key that comes later has missed what went to every key.
  for v_command in
    select seq, seen_ms, command
    from reconcile.commands
    where run_id = p_run_id and key_id is null and reconcile.is_for_key(command ->> 'command')
    order by seq
  loop
    k := (reconcile.take_command(k, nextval('reconcile.places'), v_command.seen_ms, v_command.command)).key;
  end loop;
  perform reconcile.keep_key(k);
end
$$;
comment on function reconcile.make_key(integer, text, text) is 'Makes a key of a run, with what every key was told, if it is new.';
