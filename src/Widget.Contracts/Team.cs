using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>A member of the company's team.</summary>
/// <param name="Id">The member.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="Name">The name; empty if it is not known.</param>
/// <param name="Role"><c>viewer</c>, <c>rep</c>, <c>admin</c> or <c>owner</c>.</param>
/// <param name="HasAccount">Whether the member has signed in before.</param>
/// <param name="CreatedAt">Since when.</param>
public sealed record TeamMember(Guid Id, string Email, string Name, string Role, bool HasAccount, DateTimeOffset CreatedAt)
{
    /// <summary>Whether it is the member who makes this request.</summary>
    public bool IsYou { get; init; }
}

/// <summary>An invitation that was not accepted yet.</summary>
/// <param name="Id">The invitation.</param>
/// <param name="Email">Who is invited.</param>
/// <param name="Role">The role after accepting.</param>
/// <param name="InvitedBy">Who invited.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="ExpiresAt">Until when it can be accepted.</param>
public sealed record TeamInvitation(
    Guid Id,
    string Email,
    string Role,
    string InvitedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt)
{
    /// <summary>
    /// The link to accept it, shown only once, and only if this installation sends no e-mails. Give it to the person yourself.
    /// </summary>
    public string? Url { get; init; }
}

/// <summary>The company's team.</summary>
/// <param name="Members">The members, by name.</param>
/// <param name="Invitations">The open invitations, newest first.</param>
public sealed record Team(IReadOnlyList<TeamMember> Members, IReadOnlyList<TeamInvitation> Invitations);

/// <summary>Invites a person. A second invitation of the same person replaces the first.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InvitationRequest
{
    /// <summary>The person's e-mail address.</summary>
    [JsonRequired]
    [StringLength(320, MinimumLength = 3)]
    public string Email { get; init; } = "";

    /// <summary><c>viewer</c>, <c>rep</c>, <c>admin</c> or <c>owner</c>.</summary>
    [JsonRequired]
    [StringLength(20)]
    public string Role { get; init; } = "";
}

/// <summary>Changes a member's role.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MemberChanges
{
    /// <summary><c>viewer</c>, <c>rep</c>, <c>admin</c> or <c>owner</c>.</summary>
    [JsonRequired]
    [StringLength(20)]
    public string Role { get; init; } = "";
}

/// <summary>What a person sees of an invitation before accepting it.</summary>
/// <param name="Company">The company's name.</param>
/// <param name="Slug">The company's name in URLs.</param>
/// <param name="Email">Who is invited.</param>
/// <param name="Role">The role after accepting.</param>
/// <param name="HasAccount">Whether there is an account with this address. Then the person signs in first, to accept.</param>
public sealed record InvitationView(string Company, string Slug, string Email, string Role, bool HasAccount);

/// <summary>Accepts an invitation. Without an account, name and password make one.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InvitationAcceptance
{
    /// <summary>The name of a new account.</summary>
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string? Name { get; init; }

    /// <summary>The password of a new account, at least 10 characters that are hard to guess.</summary>
    [StringLength(200)]
    public string? Password { get; init; }
}

/// <summary>The company's OpenID Connect provider. The client secret is never shown again.</summary>
public sealed record SingleSignOnState
{
    /// <summary>Whether single sign-on is set up. The other fields are null if it is not.</summary>
    public required bool Enabled { get; init; }

    public string? Issuer { get; init; }

    public string? ClientId { get; init; }

    /// <summary>The last characters of the client secret.</summary>
    public string? SecretHint { get; init; }

    /// <summary>Whether members other than owners must sign in there.</summary>
    public bool Required { get; init; }

    /// <summary>The role of people who are not members yet; null if they are refused.</summary>
    public string? DefaultRole { get; init; }

    /// <summary>The address to allow at the provider as redirect URI.</summary>
    public required string RedirectUri { get; init; }

    /// <summary>The address that begins a sign-in.</summary>
    public required string SignInUrl { get; init; }
}

/// <summary>Sets up the company's OpenID Connect provider.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SingleSignOnRequest
{
    /// <summary>The provider's issuer, such as <c>https://login.example.com</c>.</summary>
    [JsonRequired]
    [StringLength(500, MinimumLength = 1)]
    public string Issuer { get; init; } = "";

    /// <summary>The id of the application at the provider.</summary>
    [JsonRequired]
    [StringLength(500, MinimumLength = 1)]
    public string ClientId { get; init; } = "";

    /// <summary>The client secret; null to keep the one that is stored.</summary>
    [StringLength(500, MinimumLength = 1)]
    public string? ClientSecret { get; init; }

    /// <summary>Whether members other than owners must sign in there.</summary>
    public bool Required { get; init; }

    /// <summary><c>viewer</c>, <c>rep</c> or <c>admin</c> for people who are not members yet; null to refuse them.</summary>
    [StringLength(20)]
    public string? DefaultRole { get; init; }
}
