create or replace function reconcile.find_links(
  p_key reconcile.keys, p_event reconcile.queue, p_rules reconcile.rule_sets, p_x double precision, p_y double precision, p_z double precision
) returns bigint[]
language plpgsql stable parallel safe as $$
declare
  e reconcile.queue := p_event;
  v_window_ms bigint := coalesce(e.window_ms, p_rules.window_ms);
  v_from bigint[] := array[e.t_ms - v_window_ms];
  v_to bigint[] := array[e.t_ms + v_window_ms];
  v_radius double precision[] := array[coalesce(e.radius_m, p_rules.radius_m)];
  v_found bigint[] := '{}';
  v_later reconcile.rule_sets;
begin
  -- Window and radius are those in force at the later of the two times: up to where the next rule set starts, this one's.
  if p_key.rule_sets > 1 and e.window_ms is null and e.radius_m is null then
    for v_later in
      select * from reconcile.rule_sets
      where key_id = p_key.key_id and until_seq is null and valid_from_ms > e.t_ms
      order by valid_from_ms
    loop
      v_to[array_length(v_to, 1)] := least(v_to[array_length(v_to, 1)], v_later.valid_from_ms - 1);
      v_from := v_from || v_later.valid_from_ms;
      v_to := v_to || e.t_ms + v_later.window_ms;
      v_radius := v_radius || v_later.radius_m;
    end loop;
  end if;
  for i in 1 .. array_length(v_from, 1) loop
    v_from[i] := greatest(v_from[i], p_key.index_from_ms);
    continue when v_from[i] > v_to[i];
    v_found := v_found || array(
      select outage_no from reconcile.outages o
      where key_id = p_key.key_id and merged_into is null and not cancelled and not is_settled
        and last_bucket >= v_from[i] >> 20 and first_ms <= v_to[i]
        and (
          e.reach <> 'point' or has_wide
          or p_x between min_x - v_radius[i] and max_x + v_radius[i]
            and p_y between min_y - v_radius[i] and max_y + v_radius[i]
            and p_z between min_z - v_radius[i] and max_z + v_radius[i])
        and outage_no <> all (v_found)
        and coalesce(reconcile.restored_ms(body_no) >= e.t_ms, true)
        and reconcile.links_in(o, e, p_x, p_y, p_z, v_from[i], v_to[i], v_radius[i]));
  end loop;
  return v_found;
end
$$;
comment on function reconcile.find_links(
  reconcile.keys, reconcile.queue, reconcile.rule_sets, double precision, double precision, double precision
) is 'The outages, open at the event''s time, with a member that links to it.';
