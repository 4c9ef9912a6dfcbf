using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Widget.Contracts;

/// <summary>Signs in with a password.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SignInRequest
{
    /// <summary>The e-mail address.</summary>
    [JsonRequired]
    [StringLength(320, MinimumLength = 3)]
    public string Email { get; init; } = "";

    /// <summary>The password.</summary>
    [JsonRequired]
    [StringLength(200, MinimumLength = 1)]
    public string Password { get; init; } = "";
}

/// <summary>The second step of a sign-in.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TwoFactorRequest
{
    /// <summary>The <c>challenge</c> of the first step.</summary>
    [JsonRequired]
    [StringLength(2_000, MinimumLength = 1)]
    public string Challenge { get; init; } = "";

    /// <summary>The code that the authenticator app shows, or a recovery code.</summary>
    [JsonRequired]
    [StringLength(40, MinimumLength = 1)]
    public string Code { get; init; } = "";
}

/// <summary>What came of a sign-in.</summary>
/// <param name="Status"><c>signed-in</c>, or <c>two-factor</c> if a code is needed too.</param>
public sealed record SignInResult(string Status)
{
    public const string SignedIn = "signed-in";
    public const string TwoFactor = "two-factor";

    /// <summary>The session's token. Send it as <c>Authorization: Bearer ss_…</c>. It is shown only once.</summary>
    public string? Token { get; init; }

    /// <summary>When the session ends.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>What the second step needs. It is valid for five minutes.</summary>
    public string? Challenge { get; init; }
}

/// <summary>A one-time code that a redirect to the console carries.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SignInCodeRequest
{
    /// <summary>The code.</summary>
    [JsonRequired]
    [StringLength(2_000, MinimumLength = 1)]
    public string Code { get; init; } = "";
}

/// <summary>A person's role in a company.</summary>
/// <param name="TenantId">The company.</param>
/// <param name="Slug">The company's name in URLs. Send it as <c>X-Tenant</c>.</param>
/// <param name="Name">The company's name.</param>
/// <param name="Role"><c>viewer</c>, <c>rep</c>, <c>admin</c> or <c>owner</c>.</param>
public sealed record Membership(Guid TenantId, string Slug, string Name, string Role)
{
    /// <summary>Whether the operator has suspended the company. Then all its requests are refused.</summary>
    public bool Suspended { get; init; }

    /// <summary>Whether the company requires its single sign-on, with which this session did not begin.</summary>
    public bool NeedsSingleSignOn { get; init; }

    /// <summary>What the role allows, such as <c>leads.write</c>; to write includes to read.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];
}

/// <param name="Id">Its id, as in the browser.</param>
/// <param name="Name">The person's name for it.</param>
/// <param name="CreatedAt">When it was added.</param>
public sealed record PasskeySummary(string Id, string Name, DateTimeOffset CreatedAt);

/// <summary>The account that is signed in.</summary>
public sealed record AccountProfile
{
    public required Guid Id { get; init; }

    public required string Email { get; init; }

    public required string Name { get; init; }

    public required bool EmailConfirmed { get; init; }

    /// <summary>Whether the account has a password. Without one, it can be set with "forgot password".</summary>
    public required bool HasPassword { get; init; }

    /// <summary>Whether a sign-in with the password needs a code too.</summary>
    public required bool TwoFactor { get; init; }

    /// <summary>Number of recovery codes that were not used.</summary>
    public required int RecoveryCodesLeft { get; init; }

    public required IReadOnlyList<PasskeySummary> Passkeys { get; init; }

    /// <summary>Whether the account may use the operator area.</summary>
    public required bool Operator { get; init; }

    /// <summary>
    /// Whether the session began with a company's single sign-on. It reaches only that company, and cannot change the account.
    /// </summary>
    public required bool Limited { get; init; }

    public required IReadOnlyList<Membership> Memberships { get; init; }
}

/// <summary>Changes the account.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AccountChanges
{
    /// <summary>The person's name.</summary>
    [JsonRequired]
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string Name { get; init; } = "";
}

/// <summary>Changes the password. All other sessions end.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasswordChange
{
    /// <summary>The current password.</summary>
    [JsonRequired]
    [StringLength(200, MinimumLength = 1)]
    public string Current { get; init; } = "";

    /// <summary>The new password, at least 10 characters that are hard to guess.</summary>
    [JsonRequired]
    [StringLength(200, MinimumLength = 1)]
    public string New { get; init; } = "";
}

/// <summary>A session of the account.</summary>
/// <param name="Id">The session.</param>
/// <param name="Method"><c>password</c>, <c>passkey</c>, <c>single-sign-on</c>, <c>invitation</c> or <c>setup</c>.</param>
/// <param name="Device">The program that signed in, as its User-Agent header says.</param>
/// <param name="Address">The address from which it signed in.</param>
/// <param name="Current">Whether it is the session of this request.</param>
/// <param name="CreatedAt">When it began.</param>
/// <param name="LastUsedAt">When it was last used, to within five minutes.</param>
/// <param name="ExpiresAt">When it ends.</param>
public sealed record SessionSummary(
    Guid Id,
    string Method,
    string? Device,
    string? Address,
    bool Current,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    DateTimeOffset ExpiresAt);

/// <summary>The secret of a second factor that is not confirmed yet.</summary>
/// <param name="Secret">The secret in Base32, to type in.</param>
/// <param name="Uri">The same as an <c>otpauth:</c> address, to show as a QR code.</param>
public sealed record TwoFactorSecret(string Secret, string Uri);

/// <summary>A code of the authenticator app.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TwoFactorConfirmation
{
    /// <summary>The code.</summary>
    [JsonRequired]
    [StringLength(40, MinimumLength = 1)]
    public string Code { get; init; } = "";
}

/// <summary>Codes that each replace the authenticator app once. They are shown only this once.</summary>
public sealed record RecoveryCodeList(IReadOnlyList<string> RecoveryCodes);

/// <summary>The account's password, to confirm a change.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasswordConfirmation
{
    /// <summary>The password.</summary>
    [JsonRequired]
    [StringLength(200, MinimumLength = 1)]
    public string Password { get; init; } = "";
}

/// <summary>What the browser needs to add a passkey or to sign in with one.</summary>
/// <param name="Options">The options of <c>navigator.credentials.create</c> or <c>.get</c>, as JSON of WebAuthn.</param>
/// <param name="State">Send it back with the credential. It is valid for five minutes, once.</param>
public sealed record PasskeyOptions(JsonElement Options, string State);

/// <summary>A passkey that the browser has made.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasskeyRequest
{
    /// <summary>A name to recognize the passkey by, such as "Laptop".</summary>
    [JsonRequired]
    [VisibleText(ErrorMessage = "name is empty.")]
    [StringLength(100, ErrorMessage = "name can have at most 100 characters.")]
    public string Name { get; init; } = "";

    /// <summary>The credential of <c>navigator.credentials.create</c>, as JSON of WebAuthn.</summary>
    [JsonRequired]
    public JsonElement Credential { get; init; }

    /// <summary>The <c>state</c> that came with the options.</summary>
    [JsonRequired]
    [StringLength(8_000, MinimumLength = 1)]
    public string State { get; init; } = "";
}

/// <summary>Signs in with a passkey.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasskeySignInRequest
{
    /// <summary>The credential of <c>navigator.credentials.get</c>, as JSON of WebAuthn.</summary>
    [JsonRequired]
    public JsonElement Credential { get; init; }

    /// <summary>The <c>state</c> that came with the options.</summary>
    [JsonRequired]
    [StringLength(8_000, MinimumLength = 1)]
    public string State { get; init; } = "";
}

/// <summary>Asks for an e-mail with a link to set a new password.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ForgotPasswordRequest
{
    /// <summary>The e-mail address.</summary>
    [JsonRequired]
    [StringLength(320, MinimumLength = 3)]
    public string Email { get; init; } = "";
}

/// <summary>Sets a new password with the token of the e-mail. All sessions of the account end.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasswordReset
{
    /// <summary>The token in the e-mail's link.</summary>
    [JsonRequired]
    [StringLength(2_000, MinimumLength = 1)]
    public string Token { get; init; } = "";

    /// <summary>The password.</summary>
    [JsonRequired]
    [StringLength(200, MinimumLength = 1)]
    public string Password { get; init; } = "";
}

/// <summary>Confirms the e-mail address with the token of the e-mail.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EmailConfirmation
{
    /// <summary>The token in the e-mail's link.</summary>
    [JsonRequired]
    [StringLength(2_000, MinimumLength = 1)]
    public string Token { get; init; } = "";
}

/// <param name="Needed">Whether the installation has no account yet, so that the first one can be made.</param>
public sealed record SetupState(bool Needed)
{
    /// <summary>Whether <c>token</c> must be sent, because the operator has set WIDGET_SETUP_TOKEN.</summary>
    public bool TokenRequired { get; init; }
}

/// <summary>Makes the first account and the first company.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SetupRequest
{
    /// <summary>The e-mail address.</summary>
    [JsonRequired]
    [StringLength(320, MinimumLength = 3)]
    public string Email { get; init; } = "";

    /// <summary>The password.</summary>
    [JsonRequired]
    [StringLength(200, MinimumLength = 1)]
    public string Password { get; init; } = "";

    /// <summary>The person's name.</summary>
    [JsonRequired]
    [VisibleText(ErrorMessage = "name is empty.")]
    [StringLength(200, ErrorMessage = "name can have at most 200 characters.")]
    public string Name { get; init; } = "";

    /// <summary>The company's name.</summary>
    [JsonRequired]
    [VisibleText(ErrorMessage = "company is empty.")]
    [StringLength(200, ErrorMessage = "company can have at most 200 characters.")]
    public string Company { get; init; } = "";

    /// <summary>The company's web site, which may then embed the widget.</summary>
    [StringLength(2_000)]
    public string? WebAddress { get; init; }

    /// <summary>The value of WIDGET_SETUP_TOKEN, if the operator has set it.</summary>
    [StringLength(200)]
    public string? Token { get; init; }
}
