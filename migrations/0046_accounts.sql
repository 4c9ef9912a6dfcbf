-- Accounts: the people who sign in. An account belongs to the installation and can be a member of several tenants. The tables of accounts
-- hold no tenant's data, so they have no row-level security. A member is an account's role in a tenant, and stays a tenant's row.

create table accounts (
  id                   uuid        not null primary key,
  user_name            text        not null,             -- ASP.NET Core Identity's; the same as email
  normalized_user_name text        not null unique,
  email                text        not null,
  normalized_email     text        not null unique,
  email_confirmed      boolean     not null default false,
  name                 text        not null default '',
  operator             boolean     not null default false,
  password_hash        text,                             -- null: signs in with a passkey or single sign-on only
  two_factor_enabled   boolean     not null default false,
  last_totp_step       bigint,                           -- of the last accepted code, so that no code is accepted twice
  security_stamp       text        not null,
  concurrency_stamp    text        not null,
  created_at           timestamptz not null default now()
);

-- Identity's tokens: the secret of the second factor and the recovery codes, encrypted.
create table account_tokens (
  account_id     uuid not null references accounts on delete cascade,
  login_provider text not null,
  name           text not null,
  value          text,
  primary key (account_id, login_provider, name)
);

create table account_passkeys (
  credential_id bytea not null primary key,
  account_id    uuid  not null references accounts on delete cascade,
  data          jsonb not null
);
create index on account_passkeys (account_id);

-- Sessions. Only the SHA-256 of a session's token is kept.
create table account_sessions (
  id             uuid        not null primary key,
  account_id     uuid        not null references accounts on delete cascade,
  hash           bytea       not null unique,
  method         text        not null check (method in ('password', 'passkey', 'single-sign-on', 'invitation', 'setup')),
  only_tenant_id uuid        references tenants on delete cascade, -- a session of single sign-on reaches this tenant alone
  device         text,                                   -- the program that signed in, as its User-Agent header says
  address        text,
  created_at     timestamptz not null default now(),
  last_used_at   timestamptz not null default now(),
  expires_at     timestamptz not null
);
create index on account_sessions (account_id);
create index on account_sessions (only_tenant_id) where only_tenant_id is not null;
create index on account_sessions (expires_at);

-- Hashes of one-time values that were used, until they would have expired anyway.
create table used_codes (
  hash       bytea       not null primary key,
  expires_at timestamptz not null
);

-- Failed sign-ins by the hash of the e-mail address that was typed. Addresses without an account count too, so that a lock tells nothing.
create table sign_in_failures (
  key          bytea       not null primary key,
  failures     integer     not null,
  last_at      timestamptz not null,
  locked_until timestamptz
);

-- E-mails to accounts. The node that sends one looks the account up and makes its link. So a request for an address without an account
-- takes the same time, and no link is ever stored.
create table account_mails (
  id          uuid        not null primary key,
  kind        text        not null check (kind in ('confirm-email', 'reset-password', 'password-changed')),
  email       text        not null,
  attempts    integer     not null default 0,
  due_at      timestamptz not null default now(),
  lease_owner uuid,
  lease_until timestamptz,
  created_at  timestamptz not null default now()
);
create index on account_mails (due_at);

grant select, insert, update         on accounts         to widget_application;
grant select, insert, update, delete on account_tokens   to widget_application;
grant select, insert, update, delete on account_passkeys to widget_application;
grant select, insert, update, delete on account_sessions to widget_application;
grant select, insert, delete         on used_codes       to widget_application;
grant select, insert, update, delete on sign_in_failures to widget_application;
grant select, insert, update, delete on account_mails    to widget_application;

-- Tenants can be made in the operator area and at the first start, and be suspended.
alter table tenants add column suspended_at timestamptz;
grant insert on tenants to widget_application;

-- A member without an account has not signed in yet.
alter table members
  add column account_id      uuid references accounts on delete set null,
  add column sign_on_subject text;                       -- the person's id at the tenant's issuer, once they have signed in there
create unique index on members (tenant_id, account_id);
create unique index on members (tenant_id, sign_on_subject);
create index on members (account_id);

create table invitations (
  tenant_id  uuid        not null references tenants on delete cascade,
  id         uuid        not null,
  email      text        not null check (email = lower(email)),
  role       text        not null check (role in ('owner', 'admin', 'rep', 'viewer')),
  hash       bytea       not null unique,                -- SHA-256 of the token in the link
  mailed     boolean     not null,                       -- whether only the e-mail has the link, so that who has it reads that mailbox
  invited_by text        not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, email)
);

-- A tenant's own OpenID Connect provider.
create table single_sign_on (
  tenant_id     uuid        not null primary key references tenants on delete cascade,
  issuer        text        not null,
  client_id     text        not null,
  client_secret text        not null,                    -- encrypted
  required      boolean     not null,                    -- members other than owners must sign in there
  default_role  text        check (default_role in ('admin', 'rep', 'viewer')), -- of people who are not members yet; null: refused
  updated_at    timestamptz not null default now()
);

-- Until when the tenant lets the installation's operator see its conversations.
create table operator_access (
  tenant_id  uuid        not null primary key references tenants on delete cascade,
  until      timestamptz not null,
  granted_by text        not null
);

-- Ceilings that the operator sets for one tenant. They replace the installation's own.
create table tenant_limits (
  tenant_id        uuid   not null primary key references tenants on delete cascade,
  monthly_messages bigint check (monthly_messages >= 0),
  monthly_tokens   bigint check (monthly_tokens >= 0)
);

do $$
declare
  owned text;
begin
  foreach owned in array array['invitations', 'single_sign_on', 'operator_access', 'tenant_limits'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
  end loop;
end
$$;
grant select, insert, update, delete on invitations, single_sign_on, operator_access, tenant_limits to widget_application;

-- Which tenants are suspended? Nodes ask every few seconds.
create function suspended_tenants() returns table (tenant_id uuid)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id from tenants t where t.suspended_at is not null
  $$;

-- Which member of which tenant acts with this session? Nothing if the session is not valid, or is not for this tenant. The installation's
-- operator is a viewer of the tenants that allow it, for as long as they do, and has the account's id as member.
create function member_by_session(wanted bytea, wanted_slug text)
  returns table (
    tenant_id uuid, slug text, name text, account_id uuid, member_id uuid, member_name text, role text, session_id uuid,
    needs_sign_on boolean, last_used_at timestamptz)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.slug, t.name, s.account_id, coalesce(m.id, s.account_id),
      case when m.id is null then 'The operator' else coalesce(nullif(m.name, ''), m.email) end, coalesce(m.role, 'viewer'), s.id,
      coalesce(o.required and m.role <> 'owner' and s.only_tenant_id is null, false), s.last_used_at
    from account_sessions s
    join accounts a on a.id = s.account_id
    join tenants t on t.slug = wanted_slug
    left join members m on m.tenant_id = t.tenant_id and m.account_id = s.account_id
    left join single_sign_on o on o.tenant_id = t.tenant_id
    left join operator_access g on g.tenant_id = t.tenant_id and g.until > now()
    where s.hash = wanted and s.expires_at > now()
      and (s.only_tenant_id is null or s.only_tenant_id = t.tenant_id)
      and (m.id is not null or (a.operator and g.tenant_id is not null and s.only_tenant_id is null))
  $$;

-- Of which tenants is this account a member, or lets which tenant the operator in?
create function memberships_of_account(wanted uuid)
  returns table (tenant_id uuid, slug text, name text, suspended boolean, member_id uuid, role text, needs_sign_on boolean)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.slug, t.name, t.suspended_at is not null, m.id, m.role, coalesce(o.required and m.role <> 'owner', false)
    from members m
    join tenants t on t.tenant_id = m.tenant_id
    left join single_sign_on o on o.tenant_id = t.tenant_id
    where m.account_id = wanted
    union all
    select t.tenant_id, t.slug, t.name, t.suspended_at is not null, a.id, 'viewer', false
    from accounts a
    join operator_access g on g.until > now()
    join tenants t on t.tenant_id = g.tenant_id
    where a.id = wanted and a.operator and not exists (select from members m where m.tenant_id = t.tenant_id and m.account_id = wanted)
    order by 3, 2
  $$;

-- Whose invitation is this?
create function invitation_by_hash(wanted bytea)
  returns table (tenant_id uuid, slug text, name text, suspended boolean, id uuid)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.slug, t.name, t.suspended_at is not null, i.id
    from invitations i join tenants t using (tenant_id)
    where i.hash = wanted and i.expires_at > now()
  $$;

-- The operator area. Each function answers one of its questions, in figures and names: none returns what people wrote.

-- Which tenants are there, and how much do they use this month?
create function operator_tenants(since timestamptz)
  returns table (
    tenant_id uuid, slug text, name text, created_at timestamptz, suspended_at timestamptz, members bigint, conversations bigint,
    documents bigint, messages bigint, tokens bigint, monthly_messages bigint, monthly_tokens bigint, access_until timestamptz)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select t.tenant_id, t.slug, t.name, t.created_at, t.suspended_at,
      (select count(*) from members m where m.tenant_id = t.tenant_id),
      (select count(*) from conversations c where c.tenant_id = t.tenant_id and c.created_at >= since),
      (select count(*) from documents d where d.tenant_id = t.tenant_id),
      coalesce(u.messages, 0), coalesce(u.tokens, 0), l.monthly_messages, l.monthly_tokens, a.until
    from tenants t
    left join lateral (
      select count(*) filter (where r.kind = 'answer') as messages, sum(r.input_tokens + r.output_tokens)::bigint as tokens
      from usage_records r where r.tenant_id = t.tenant_id and r.at >= since
    ) u on true
    left join tenant_limits l on l.tenant_id = t.tenant_id
    left join operator_access a on a.tenant_id = t.tenant_id
    order by t.name, t.slug
  $$;

-- How many jobs of each kind are in which state, and why do they fail? Of the reasons, addresses and quoted words are left out, because
-- they can be a tenant's contents.
create function operator_jobs(since timestamptz)
  returns table (tenant_id uuid, slug text, kind text, state text, reason text, jobs bigint, oldest timestamptz)
  language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select j.tenant_id, t.slug, j.kind, j.state,
      left(regexp_replace(regexp_replace(j.error, '[a-z]+://[^ ]+', '…', 'gi'), '"[^"]*"', '"…"', 'g'), 200) as reason,
      count(*), min(j.created_at)
    from (
      select i.tenant_id, 'ingestion' as kind, i.error, i.created_at,
        case when i.status in ('queued', 'ready', 'failed') then i.status else 'running' end as state
      from ingestion_jobs i where i.finished_at is null or i.finished_at >= since
      union all
      select e.tenant_id, 'evaluation', e.error, e.created_at,
        case when e.status in ('queued', 'running', 'failed') then e.status else 'ready' end
      from evaluation_runs e where e.finished_at is null or e.finished_at >= since
      union all
      select m.tenant_id, 'mail', m.error, m.created_at,
        case when m.sent_at is not null then 'ready' when m.failed_at is not null then 'failed'
             when m.lease_until > now() then 'running' else 'queued' end
      from mail_outbox m where (m.sent_at is null and m.failed_at is null) or m.created_at >= since
      union all
      select w.tenant_id, 'webhook', w.error, w.created_at,
        case when w.delivered_at is not null then 'ready' when w.failed_at is not null then 'failed'
             when w.lease_until > now() then 'running' else 'queued' end
      from webhook_deliveries w where (w.delivered_at is null and w.failed_at is null) or w.created_at >= since
      union all
      select c.tenant_id, 'crm', c.error, c.changed_at,
        case when c.failed_at is not null then 'failed' when c.due_at is null then 'ready'
             when c.lease_until > now() then 'running' else 'queued' end
      from crm_records c where c.due_at is not null or c.changed_at >= since
    ) j
    join tenants t on t.tenant_id = j.tenant_id
    group by j.tenant_id, t.slug, j.kind, j.state, reason
    order by t.slug, j.kind, j.state, count(*) desc
  $$;

revoke execute on function suspended_tenants, member_by_session,
  memberships_of_account, invitation_by_hash, operator_tenants, operator_jobs from public;
grant execute on function suspended_tenants, member_by_session,
  memberships_of_account, invitation_by_hash, operator_tenants, operator_jobs to widget_application;
