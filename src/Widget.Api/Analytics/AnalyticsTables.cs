using Microsoft.EntityFrameworkCore;
using Pgvector;
using Widget.Api.Tenancy;
using Widget.Platform.Tenancy;

namespace Widget.Api.Analytics;

/// <summary>What happened in a quarter of an hour of a conversation. Triggers count it.</summary>
public sealed class ConversationActivity : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    /// <summary>When the quarter of an hour begins.</summary>
    public required DateTimeOffset Quarter { get; init; }

    public required Guid ConversationId { get; init; }

    /// <summary>text, voice or video.</summary>
    public required string Mode { get; init; }

    /// <summary>The id of the rep or the agent who answered; empty for the assistant.</summary>
    public required string Agent { get; init; }

    /// <summary>Address without query. Empty until it is known.</summary>
    public required string Page { get; init; }

    /// <summary>1 in the row in which the conversation began.</summary>
    public int Conversations { get; init; }

    /// <summary>1 in the first row of the conversation with this mode and agent.</summary>
    public int Begun { get; init; }

    /// <summary>1 in the row in which the visitor first said something.</summary>
    public int Engaged { get; init; }

    public int Messages { get; init; }

    public int Answered { get; init; }

    public int Quoted { get; init; }

    public int Suggested { get; init; }

    public int NotFound { get; init; }

    public int Failed { get; init; }

    public int RatedUp { get; init; }

    public int RatedDown { get; init; }

    public int Handoffs { get; init; }

    public int Accepted { get; init; }

    public int PersonMessages { get; init; }

    /// <summary>Leads whose first conversation this is.</summary>
    public int Leads { get; init; }

    public int Meetings { get; init; }

    public int MeetingsCancelled { get; init; }

    public int Calls { get; init; }

    public int CallSeconds { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var activity = model.Entity<ConversationActivity>();
        activity.ToTable("conversation_activity")
            .HasKey(row => new { row.TenantId, row.Quarter, row.ConversationId, row.Mode, row.Agent, row.Page });
        activity.Property(row => row.Agent).HasDefaultValue("");
        activity.Property(row => row.Page).HasDefaultValue("");
    }
}

/// <summary>Unanswered questions that ask about the same thing.</summary>
public sealed class UnansweredGroupRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid Id { get; init; }

    /// <summary>The model of <see cref="Meaning"/>.</summary>
    public required string Model { get; init; }

    /// <summary>The mean of the questions' vectors. Null if the model could not be used.</summary>
    public HalfVector? Meaning { get; init; }

    public required HalfVector Spelling { get; init; }

    /// <summary>How many questions the vectors are the mean of.</summary>
    public required int Questions { get; init; }

    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>When the group was hidden. Later questions make it appear again.</summary>
    public DateTimeOffset? DismissedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var group = model.Entity<UnansweredGroupRow>();
        group.ToTable("unanswered_groups").HasKey(row => new { row.TenantId, row.Id });
        group.HasOne<Tenant>().WithMany().HasForeignKey(row => row.TenantId);
        group.Property(row => row.Meaning).HasColumnType("halfvec");
        group.Property(row => row.Spelling).HasColumnType("halfvec");
        group.Property(row => row.ChangedAt).HasDefaultValueSql("now()");
        group.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
    }
}

/// <summary>A question that was not answered.</summary>
public sealed class UnansweredQuestionRow : ITenantOwned
{
    public required TenantId TenantId { get; init; }

    public required Guid ConversationId { get; init; }

    /// <summary>Seq of the answer that says that nothing was found.</summary>
    public required int Seq { get; init; }

    public required string Question { get; init; }

    public string? Locale { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>Null until the question is grouped.</summary>
    public Guid? GroupId { get; init; }

    internal static void Map(ModelBuilder model)
    {
        var question = model.Entity<UnansweredQuestionRow>();
        question.ToTable("unanswered_questions").HasKey(row => new { row.TenantId, row.ConversationId, row.Seq });
        question.HasOne<UnansweredGroupRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.GroupId });
    }
}

/// <summary>The tables of analytics.</summary>
public static class AnalyticsTables
{
    public static TenantTables Tables { get; } = new(typeof(AnalyticsTables).Assembly, Map);

    private static void Map(ModelBuilder model)
    {
        ConversationActivity.Map(model);
        UnansweredGroupRow.Map(model);
        UnansweredQuestionRow.Map(model);
    }
}
