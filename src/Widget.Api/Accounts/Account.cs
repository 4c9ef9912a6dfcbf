using Microsoft.AspNetCore.Identity;

namespace Widget.Api.Accounts;

/// <summary>A person who signs in. An account belongs to the installation and can be a member of several tenants.</summary>
public sealed class Account : IdentityUser<Guid>
{
    /// <summary>The person's name; empty if none was given.</summary>
    public string Name { get; set; } = "";

    /// <summary>Whether the account may use the operator area.</summary>
    public bool Operator { get; set; }

    /// <summary>
    /// The time step of the last accepted code of the second factor. No code of this step or an earlier one is accepted again.
    /// </summary>
    public long? LastTotpStep { get; set; }

    public DateTimeOffset CreatedAt { get; init; }
}
