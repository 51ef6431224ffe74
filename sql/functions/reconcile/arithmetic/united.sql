create or replace function reconcile.united(p_one text[], p_other text[]) returns text[]
language sql immutable parallel safe as $$
  select p_one || array(
    select value from unnest(p_other) with ordinality other (value, place)
    where value <> all (p_one)
    group by value
    order by min(place))
$$;
comment on function reconcile.united(text[], text[]) is 'A list, and behind it what another holds besides.';
