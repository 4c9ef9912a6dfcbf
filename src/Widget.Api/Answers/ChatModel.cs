using Microsoft.Extensions.AI;

namespace Widget.Api.Answers;

/// <summary>A language model that writes answers: the installation's, or a tenant's own.</summary>
/// <param name="Client">The model as visitors use it: traced, metered, and with a deadline for its first word.</param>
/// <param name="Status">How it has performed recently on this node.</param>
/// <param name="BelongsToTenant">Whether it is a tenant's own model.</param>
public sealed record ChatModel(IChatClient Client, ModelStatus Status, bool BelongsToTenant)
{
    /// <summary>Explains why the model failed, and which of its settings to check.</summary>
    internal string MessageOf(Exception failure) =>
        ModelFault.MessageOf(failure, BelongsToTenant ? ModelSettingNames.Tenants : ModelSettingNames.Installations);
}
