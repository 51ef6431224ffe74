-- loses: raw events of sources beyond the first four (oms.events where source <> all ('{scada,kaifa,onu,call_center}'))
do $$
declare
  v_source text;
begin
  for v_source in select source from oms.sources where source <> all ('{scada,kaifa,onu,call_center}') loop
    execute format('drop schema %I cascade', v_source);
  end loop;
end
$$;
drop table oms.sources;
