-- Two people whose identities the site has verified may have one e-mail address or telephone number, such as a family's or an office's.
-- The first lead with it keeps it for those who are not verified; the leads of the others say that they share it.
alter table leads add column shares_contact boolean not null default false;
drop index leads_tenant_id_address_idx;
create unique index on leads (tenant_id, address) where not shares_contact;
create index on leads (tenant_id, address) where shares_contact;
drop index leads_tenant_id_phone_idx;
create unique index on leads (tenant_id, phone) where address is null and not shares_contact;
create index on leads (tenant_id, phone) where address is null and shares_contact;
