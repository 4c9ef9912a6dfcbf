using Microsoft.EntityFrameworkCore;
using Widget.Platform.Tenancy;

namespace Widget.Api.Conversations;

/// <summary>The tables of visitors, their conversations and answers in progress.</summary>
public static class ConversationTables
{
    public static TenantTables Tables { get; } = new(typeof(ConversationTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<Visitor> Visitors => db.Set<Visitor>();

        public DbSet<Conversation> Conversations => db.Set<Conversation>();

        public DbSet<ConversationEventRow> Events => db.Set<ConversationEventRow>();

        public DbSet<PendingAnswer> PendingAnswers => db.Set<PendingAnswer>();
    }

    private static void Map(ModelBuilder model)
    {
        Visitor.Map(model);
        Conversation.Map(model);
    }
}
