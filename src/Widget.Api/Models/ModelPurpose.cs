namespace Widget.Api.Models;

/// <summary>What a tenant uses a model of its own for.</summary>
public enum ModelPurpose
{
    /// <summary>Writes answers.</summary>
    Chat,

    /// <summary>Computes the vectors of passages and questions.</summary>
    Embedding,
}
