using Widget.Contracts;

namespace Widget.Api.Voice.Providers;

/// <summary>The provider of each protocol.</summary>
public sealed class VoiceProviders(IEnumerable<IVoiceProvider> providers)
{
    private readonly Dictionary<VoiceProtocol, IVoiceProvider> _providers = providers
        .SelectMany(provider => provider.Protocols.Select(protocol => (protocol, provider)))
        .ToDictionary(pair => pair.protocol, pair => pair.provider);

    public IVoiceProvider Of(VoiceProtocol protocol) => _providers[protocol];
}
