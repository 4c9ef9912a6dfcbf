using Widget.Contracts;

namespace Widget.Api.Models;

/// <summary>What the API says about a tenant's model.</summary>
internal static class ModelWords
{
    public const string LostKey = "The model's key can no longer be decrypted with this installation's keys. Set it again.";

    public static ConnectionReport LostKeyReport { get; } = new(Ok: false, [new ConnectionCheck("key", Ok: false, LostKey)]);

    public static OwnModelState ToState(this OwnModel own, string words) => new(
        TavusKeySource.Own,
        own.Model,
        own.Provider,
        own.Endpoint.AbsoluteUri,
        own.KeyHint.Length > 0 ? own.KeyHint : null,
        own.UpdatedAt,
        words);

    public static OwnModelState PlatformState(string model, string words) =>
        new(TavusKeySource.Platform, model, Provider: null, Endpoint: null, KeyHint: null, UpdatedAt: null, words);

    public static OwnModelState StateWithoutModel(string words) =>
        new(TavusKeySource.None, Model: null, Provider: null, Endpoint: null, KeyHint: null, UpdatedAt: null, words);
}
