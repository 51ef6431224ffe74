create or replace function public.oms_reconcile_command(
  p_command text,
  p_outage_id uuid,
  p_at timestamptz default clock_timestamp(),
  p_author text default current_user,
  p_reason text default null,
  p_crew text default null,
  p_leaves boolean default false,
  p_etr timestamptz default null,
  p_flag text default null,
  p_command_id text default gen_random_uuid()::text,
  p_run text default 'direct'
) returns uuid
language plpgsql as $$
declare
  v_run_id integer := reconcile.run_of(p_run);
  v_key record;
  v_command jsonb;
  v_taken reconcile.taken;
begin
  if p_command is null or p_command not in ('confirm', 'cancel', 'acknowledge', 'crew', 'etr', 'note', 'restore', 'close') then
    raise exception 'p_command: % is unknown; expected confirm, cancel, acknowledge, crew, etr, note, restore or close.', coalesce(quote_literal(p_command), 'null')
      using errcode = 'invalid_parameter_value';
  elsif p_outage_id is null then
    raise exception 'p_outage_id: null; expected the id of an outage.' using errcode = 'invalid_parameter_value';
  elsif p_at is null or not isfinite(p_at) then
    raise exception 'p_at: null or infinite; expected a time.' using errcode = 'invalid_parameter_value';
  elsif p_command = 'crew' and p_crew is null then
    raise exception 'p_crew: null; expected which crew.' using errcode = 'invalid_parameter_value';
  end if;
  v_command := jsonb_strip_nulls(jsonb_build_object('command', p_command, 'commandId', p_command_id, 'outageId', p_outage_id,
    'at', reconcile.iso_of(reconcile.ms_of(p_at)), 'author', p_author, 'reason', p_reason, 'crew', p_crew,
    'leaves', nullif(p_leaves, false), 'flag', p_flag, 'etr', reconcile.iso_of(reconcile.ms_of(p_etr))));
  select k.substation_id, k.feeder_id into v_key
  from reconcile.keys k
  join reconcile.outages o using (key_id)
  where k.run_id = v_run_id and o.outage_id = p_outage_id
  limit 1;
  if not found then
    insert into reconcile.commands (run_id, key_id, seq, command_id, seen_ms, command, rejected)
    values (v_run_id, null, nextval('reconcile.places'), p_command_id, reconcile.ms_of(p_at), v_command, 'unknownOutage');
    return null;
  end if;
  v_taken.key := reconcile.lock_key(v_run_id, v_key.substation_id, v_key.feeder_id);
  v_taken := reconcile.take_command(v_taken.key, nextval('reconcile.places'), reconcile.ms_of(p_at), v_command);
  perform reconcile.keep_key(v_taken.key);
  return (select outage_id from reconcile.outages where outage_no = v_taken.outage_no);
end
$$;
comment on function public.oms_reconcile_command(
  text, uuid, timestamptz, text, text, text, boolean, timestamptz, text, text, text
) is 'Decides about an outage of a run and returns its id, or that of the outage that it merged into; null for an unknown one, which is kept as rejected, and for a second copy.';
