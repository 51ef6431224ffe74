create or replace function reconcile.power(p_base double precision, p_exponent integer) returns double precision
language plpgsql immutable strict parallel safe as $$
declare
  v_result double precision := 1;
  v_square double precision := p_base;
  v_rest integer := p_exponent;
begin
  -- The very multiplications of the stream's engine, so that the last bit is the same: no library's power().
  while v_rest > 0 loop
    -- PostgreSQL refuses products below 1e-308; what comes near is 0 to four decimals.
    if v_result < 1e-150 or v_square < 1e-150 then
      return 0;
    end if;
    if v_rest % 2 = 1 then
      v_result := v_result * v_square;
    end if;
    v_square := v_square * v_square;
    v_rest := v_rest / 2;
  end loop;
  return v_result;
end
$$;
comment on function reconcile.power(double precision, integer) is 'A base from 0 to 1 to a whole exponent, by squaring.';
