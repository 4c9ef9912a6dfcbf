-- Customer relationship systems that get a tenant's leads.
create table crm_connections (
  tenant_id    uuid        not null references tenants on delete cascade,
  kind         text        not null check (kind in ('hubspot', 'salesforce')),
  settings     text        not null,               -- encrypted
  fields       jsonb       not null default '{}',  -- more of a lead's properties, and the names of the system's fields for them
  error        text,                               -- why the system refuses the connection, in words for people
  delivered_at timestamptz,                        -- the last lead that arrived
  created_at   timestamptz not null default now(),
  primary key (tenant_id, kind)
);

-- What each system knows of each lead: the work to do, and the sign that it arrived.
create table crm_records (
  tenant_id    uuid        not null,
  kind         text        not null,
  lead_id      uuid        not null,
  version      integer     not null default 1,     -- grows with each change of the lead
  sent_version integer     not null default 0,     -- that the system has
  remote_id    text,                               -- the system's id
  attempts     integer     not null default 0,     -- of the present version
  due_at       timestamptz default clock_timestamp(), -- null when there is nothing to do
  delivered_at timestamptz,
  failed_at    timestamptz,                        -- given up, until the lead changes or somebody asks
  error        text,                               -- of the last attempt, in words for people
  lease_owner  uuid,
  lease_until  timestamptz,
  changed_at   timestamptz not null default clock_timestamp(),
  primary key (tenant_id, kind, lead_id),
  foreign key (tenant_id, kind) references crm_connections on delete cascade,
  foreign key (tenant_id, lead_id) references leads on delete cascade
);
create index on crm_records (due_at) where due_at is not null;
create index on crm_records (tenant_id, lead_id);

do $$
declare
  owned text;
begin
  foreach owned in array array['crm_connections', 'crm_records'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;
grant select, insert, update, delete on crm_connections to widget_application;
grant select, insert, update         on crm_records     to widget_application;

-- A trigger, so that a lead is to be sent if and only if its change is committed. Several changes within two seconds are sent once.
create function add_crm_records() returns trigger
  language plpgsql set search_path = pg_catalog, public, pg_temp as $$
  begin
    insert into crm_records as record (tenant_id, kind, lead_id, due_at)
    select connection.tenant_id, connection.kind, new.id, clock_timestamp() + interval '2 seconds'
    from crm_connections connection where connection.tenant_id = new.tenant_id
    on conflict (tenant_id, kind, lead_id) do update set
      version = record.version + 1, attempts = 0, failed_at = null, error = null, changed_at = clock_timestamp(),
      due_at = clock_timestamp() + interval '2 seconds';
    return null;
  end
  $$;
create trigger crm_of_new after insert on leads for each row execute function add_crm_records();
create trigger crm_of_changed after update on leads for each row
  when (old.* is distinct from new.*) execute function add_crm_records();

-- The nodes' way across tenants: takes the lead that has been due longest.
create function claim_crm_record(worker uuid, lease interval) returns table (tenant_id uuid, kind text, lead_id uuid, version integer)
  language plpgsql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
  #variable_conflict use_column
  begin
    return query update crm_records record
    set lease_owner = worker, lease_until = clock_timestamp() + lease, attempts = record.attempts + 1
    from (
      select r.tenant_id, r.kind, r.lead_id from crm_records r
      where r.due_at <= clock_timestamp() and (r.lease_until is null or r.lease_until <= clock_timestamp())
      order by r.due_at
      for update skip locked
      limit 1
    ) due
    where record.tenant_id = due.tenant_id and record.kind = due.kind and record.lead_id = due.lead_id
    returning record.tenant_id, record.kind, record.lead_id, record.version;
  end
  $$;
revoke execute on function claim_crm_record from public;
grant  execute on function claim_crm_record to widget_application;
