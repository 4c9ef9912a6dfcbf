using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A company, as the installation's operator sees it: figures, and nothing that people wrote.</summary>
public sealed record OperatorTenant
{
    public required Guid TenantId { get; init; }

    public required string Slug { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when it is suspended; null if it is not.</summary>
    public DateTimeOffset? SuspendedAt { get; init; }

    public required long Members { get; init; }

    /// <summary>Conversations that began this month.</summary>
    public required long Conversations { get; init; }

    public required long Documents { get; init; }

    /// <summary>Answers of this month.</summary>
    public required long Messages { get; init; }

    /// <summary>Tokens of language models this month.</summary>
    public required long Tokens { get; init; }

    /// <summary>The company's own ceilings.</summary>
    public required OperatorLimits Limits { get; init; }

    /// <summary>Until when the company lets the operator see its conversations; null if it does not.</summary>
    public DateTimeOffset? AccessUntil { get; init; }
}

/// <summary>Monthly ceilings of a company. Null for the installation's own (WIDGET_BUDGET_…).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OperatorLimits
{
    /// <summary>Maximum number of answers a month; null for the installation's ceiling.</summary>
    [Range(0, 1_000_000_000_000, ErrorMessage = "monthlyMessages must not be negative.")]
    public long? MonthlyMessages { get; init; }

    /// <summary>Maximum number of tokens a month; null for the installation's ceiling.</summary>
    [Range(0, 1_000_000_000_000, ErrorMessage = "monthlyTokens must not be negative.")]
    public long? MonthlyTokens { get; init; }
}

/// <summary>A new company.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OperatorTenantRequest
{
    /// <summary>The company's name.</summary>
    [JsonRequired]
    [VisibleText(ErrorMessage = "name is empty.")]
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string Name { get; init; } = "";

    /// <summary>The company's name in URLs: 2 to 63 lowercase letters, digits and single hyphens.</summary>
    [JsonRequired]
    [StringLength(63)]
    public string Slug { get; init; } = "";

    /// <summary>Who is invited as the company's first owner.</summary>
    [JsonRequired]
    [StringLength(320, MinimumLength = 3)]
    public string OwnerEmail { get; init; } = "";
}

/// <summary>A company that was just created.</summary>
/// <param name="Tenant">The company.</param>
/// <param name="Invitation">The invitation of its first owner.</param>
public sealed record OperatorCreatedTenant(OperatorTenant Tenant, TeamInvitation Invitation);

/// <summary>Changes a company. Fields that are left out stay as they are.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OperatorTenantChanges
{
    /// <summary>Whether all requests of the company are refused.</summary>
    public bool? Suspended { get; init; }

    /// <summary>The company's own ceilings. They replace all of the present ones.</summary>
    public OperatorLimits? Limits { get; init; }
}

/// <summary>Jobs of a company in the last seven days, and all that are not finished.</summary>
/// <param name="TenantId">The company.</param>
/// <param name="Slug">Its name in URLs.</param>
/// <param name="Kind"><c>ingestion</c>, <c>evaluation</c>, <c>mail</c>, <c>webhook</c> or <c>crm</c>.</param>
/// <param name="State"><c>queued</c>, <c>running</c>, <c>ready</c> or <c>failed</c>.</param>
/// <param name="Reason">Why they fail, without addresses and quoted words; null if they don't.</param>
/// <param name="Jobs">How many there are.</param>
/// <param name="Oldest">When the oldest one began.</param>
public sealed record OperatorJobs(
    Guid TenantId,
    string Slug,
    string Kind,
    string State,
    string? Reason,
    long Jobs,
    DateTimeOffset Oldest);

/// <summary>An outside service of the installation.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Configured">Whether the installation has its own settings for it. Companies may have theirs.</param>
/// <param name="Host">The host that is used; null for none.</param>
/// <param name="Model">The model; null if there is none.</param>
/// <param name="Variable">The environment variables that configure it.</param>
/// <param name="Status">Its health, if it is checked; null otherwise.</param>
/// <param name="Detail">Details and what to do; null if there is nothing to report.</param>
public sealed record OperatorProvider(
    string Name,
    bool Configured,
    string? Host,
    string? Model,
    string Variable,
    string? Status,
    string? Detail);

/// <summary>Whether the installation's operator may see the company's conversations.</summary>
/// <param name="Until">Until when; null if not.</param>
/// <param name="GrantedBy">Who has allowed it; null if nobody has.</param>
public sealed record OperatorAccessState(DateTimeOffset? Until, string? GrantedBy);

/// <summary>Lets the installation's operator see the company's conversations for a time.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OperatorAccessRequest
{
    /// <summary>Until when, at most 30 days ahead; null to end it now.</summary>
    [JsonRequired]
    public DateTimeOffset? Until { get; init; }
}
