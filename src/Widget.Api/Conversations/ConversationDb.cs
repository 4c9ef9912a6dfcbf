using Microsoft.EntityFrameworkCore;
using Npgsql;
using Widget.Rag.Storage;

namespace Widget.Api.Conversations;

/// <summary>Visitors, their conversations and the answers that are owed, in one transaction.</summary>
public sealed class ConversationDb(DbContextOptions<ConversationDb> options, TenantId tenantId) : TenantDbContext(options, tenantId)
{
    public DbSet<Visitor> Visitors => Set<Visitor>();

    public DbSet<Conversation> Conversations => Set<Conversation>();

    public DbSet<ConversationEventRow> Events => Set<ConversationEventRow>();

    public DbSet<PendingAnswer> PendingAnswers => Set<PendingAnswer>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        MapIds(configurationBuilder, typeof(TenantId).Assembly);
        MapIds(configurationBuilder, typeof(ConversationDb).Assembly);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        Visitor.Map(modelBuilder);
        Conversation.Map(modelBuilder);
        NameColumnsInSnakeCase(modelBuilder);
        FilterByTenant(modelBuilder);
    }
}

/// <summary>Opens transactions on the conversation tables, each for one tenant.</summary>
public sealed class ConversationDatabase(NpgsqlDataSource dataSource)
    : TenantDatabase<ConversationDb>(dataSource, (options, tenant) => new ConversationDb(options, tenant));
