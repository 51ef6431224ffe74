create or replace function reconcile.kind_of(p_event_type text) returns text
language sql immutable parallel safe as $$
  select case
    when p_event_type in ('outage', 'restoration') then p_event_type
    when p_event_type in ('MV_AlarmLossOfVoltage', 'BreakerTrip', 'FuseTrip', 'De-energized', 'ONU_LastGaspAlert', 'trouble_call',
      '3.26.0.47', '3.26.136.47', '3.26.136.66', '3.26.0.85', '0.26.38.85') then 'outage'
    when p_event_type in ('MV_AlarmRestoration', 'BreakerClose', 'Energized', 'ONU_PowerRestored',
      '3.26.0.216', '3.26.136.216', '0.26.38.49') then 'restoration'
    when p_event_type ~* 'restor|power[ _-]?up|power[ _-]?on' then 'restoration'
    when p_event_type ~* 'last[ _-]?gasp|outage|power[ _-]?(down|off|fail|loss)' then 'outage'
  end
$$;
comment on function reconcile.kind_of(text) is
  'outage or restoration, from these words or a source''s own (last_gasp, BreakerTrip, 3.26.0.47 ...); null for any other.';
