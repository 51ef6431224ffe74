create or replace function reconcile.confidence(p_weights double precision[], p_counts integer[]) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
  v_silent double precision := 1;
  v_factor double precision;
  v_scaled double precision;
begin
  for i in 1 .. coalesce(array_length(p_weights, 1), 0) loop
    v_factor := reconcile.power(1 - p_weights[i], p_counts[i]);
    -- Too small to matter, and PostgreSQL refuses products below 1e-308.
    v_silent := case when v_silent < 1e-150 or v_factor < 1e-150 then 0 else v_silent * v_factor end;
  end loop;
  v_scaled := (1 - v_silent) * 10000;
  return (floor(v_scaled) + case when v_scaled - floor(v_scaled) >= 0.5 then 1 else 0 end) / 10000;
end
$$;
comment on function reconcile.confidence(double precision[], integer[]) is
  '1 - product of (1 - weight), by weight ascending with the number of reporters of each, rounded to four decimals.';
