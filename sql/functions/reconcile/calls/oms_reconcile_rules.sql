create or replace function public.oms_reconcile_rules(
  p_rule_set jsonb,
  p_valid_from timestamptz,
  p_substation_id text default null,
  p_feeder_id text default null,
  p_command_id text default gen_random_uuid()::text,
  p_author text default current_user,
  p_reason text default null,
  p_run text default 'direct'
) returns integer
language plpgsql as $$
declare
  v_run_id integer := reconcile.run_of(p_run);
  v_command jsonb;
  v_at_ms bigint := reconcile.ms_of(clock_timestamp());
  v_key record;
  v_taken reconcile.taken;
  v_keys integer := 0;
begin
  if p_valid_from is null then
    raise exception 'p_valid_from: null; expected a time.' using errcode = 'invalid_parameter_value';
  end if;
  if (p_substation_id is null) <> (p_feeder_id is null) then
    raise exception 'p_feeder_id: a key is a substation and a feeder; expected both or neither.' using errcode = 'invalid_parameter_value';
  end if;
  v_command := jsonb_build_object('command', 'rules', 'commandId', p_command_id, 'author', p_author, 'reason', p_reason,
    'ruleSet', reconcile.rule_set_of(p_rule_set), 'validFrom', reconcile.iso_of(reconcile.ms_of(p_valid_from)));
  if p_feeder_id is null then
    insert into reconcile.commands (run_id, key_id, seq, command_id, seen_ms, command)
    values (v_run_id, null, nextval('reconcile.places'), p_command_id, v_at_ms, v_command);
  end if;
  for v_key in
    select substation_id, feeder_id
    from reconcile.keys
    where run_id = v_run_id and p_feeder_id is null
    union all
    select p_substation_id, p_feeder_id where p_feeder_id is not null
    order by 1, 2
  loop
    v_taken.key := reconcile.lock_key(v_run_id, v_key.substation_id, v_key.feeder_id);
    v_taken := reconcile.take_command(v_taken.key, nextval('reconcile.places'), v_at_ms, v_command);
    perform reconcile.keep_key(v_taken.key);
    v_keys := v_keys + 1;
  end loop;
  return v_keys;
end
$$;
comment on function public.oms_reconcile_rules(jsonb, timestamptz, text, text, text, text, text, text) is
  'Puts a rule set on the log of one key of a run, or of all, those that come later among them; returns how many keys have it now.';
