namespace Widget.Contracts;

/// <summary>The secret with which the tenant's server proves who a visitor is. The secret itself is not shown again.</summary>
/// <param name="Hint">Its last characters, so that people recognize it; null if the tenant has none.</param>
/// <param name="UpdatedAt">When it was created; null if the tenant has none.</param>
public sealed record IdentitySecretState(string? Hint, DateTimeOffset? UpdatedAt);

/// <summary>A new identity secret.</summary>
/// <param name="Secret">
/// The secret, which is shown only once. The key of the HMAC is its UTF-8 bytes, with the prefix. Keep it on your server.
/// </param>
public sealed record CreatedIdentitySecret(string Secret)
{
    /// <summary>Hides the secret, which a record would otherwise print.</summary>
    public override string ToString() => "an identity secret";
}
