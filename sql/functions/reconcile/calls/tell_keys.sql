create or replace function reconcile.tell_keys(p_run_id integer, p_command jsonb, p_substation_id text, p_feeder_id text)
returns integer
language plpgsql as $$
declare
  v_at_ms bigint := reconcile.ms_of(clock_timestamp());
  v_key record;
  v_taken reconcile.taken;
  v_keys integer := 0;
begin
  if (p_substation_id is null) <> (p_feeder_id is null) then
    raise exception 'p_feeder_id: a key is a substation and a feeder; expected both or neither.' using errcode = 'invalid_parameter_value';
  end if;
  if p_feeder_id is null then
    insert into reconcile.commands (run_id, key_id, seq, command_id, seen_ms, command)
    values (p_run_id, null, nextval('reconcile.places'), p_command ->> 'commandId', v_at_ms, p_command);
  end if;
  for v_key in
    select substation_id, feeder_id
    from reconcile.keys
    where run_id = p_run_id and p_feeder_id is null
    union all
    select p_substation_id, p_feeder_id where p_feeder_id is not null
    order by 1, 2
  loop
    v_taken.key := reconcile.lock_key(p_run_id, v_key.substation_id, v_key.feeder_id);
    v_taken := reconcile.take_command(v_taken.key, nextval('reconcile.places'), v_at_ms, p_command);
    perform reconcile.keep_key(v_taken.key);
    v_keys := v_keys + 1;
  end loop;
  return v_keys;
end
$$;
comment on function reconcile.tell_keys(integer, jsonb, text, text) is
  'Puts a command for keys on the log of one key of a run, or of all, those that come later among them; returns how many keys have it now.';
