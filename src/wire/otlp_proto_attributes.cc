#include "wire/otlp_fields.h"
#include "wire/otlp_proto_reader.h"

namespace glint::wire::otlp {
namespace {

using protozero::pbf_reader;

Status ReadKeyValue(pbf_reader message, int depth, OtlpDecodeBudget& budget, model::Attribute& out);

Status ReadValue(pbf_reader message, int depth, OtlpDecodeBudget& budget,
                 model::AttributeValue& out) {
  if (depth > kMaxValueDepth) {
    return OutOfRange("an attribute's value is nested deeper than {}", kMaxValueDepth);
  }
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(AnyValueField::kString):
        out.kind = GetText(message);
        break;
      case Varint(AnyValueField::kBool):
        out.kind = message.get_bool();
        break;
      case Varint(AnyValueField::kInt):
        out.kind = message.get_int64();
        break;
      case Fixed64(AnyValueField::kDouble):
        out.kind = message.get_double();
        break;
      case Bytes(AnyValueField::kArray): {
        model::AttributeValue::List list;
        pbf_reader values = message.get_message();
        while (values.next()) {
          if (values.tag_and_type() != Bytes(ListField::kValues)) {
            values.skip();
            continue;
          }
          RETURN_IF_ERROR(budget.Charge(sizeof(model::AttributeValue)));
          RETURN_IF_ERROR(ReadValue(values.get_message(), depth + 1, budget, list.emplace_back()));
        }
        out.kind = std::move(list);
        break;
      }
      case Bytes(AnyValueField::kKeyValueList): {
        model::AttributeValue::Map map;
        pbf_reader values = message.get_message();
        while (values.next()) {
          if (values.tag_and_type() != Bytes(ListField::kValues)) {
            values.skip();
            continue;
          }
          RETURN_IF_ERROR(budget.Charge(sizeof(model::Attribute)));
          RETURN_IF_ERROR(
              ReadKeyValue(values.get_message(), depth + 1, budget, map.emplace_back()));
        }
        out.kind = std::move(map);
        break;
      }
      case Bytes(AnyValueField::kBytes):
        out.kind = model::Bytes{GetText(message)};
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

Status ReadKeyValue(pbf_reader message, int depth, OtlpDecodeBudget& budget,
                    model::Attribute& out) {
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(KeyValueField::kKey):
        out.key = GetText(message);
        break;
      case Bytes(KeyValueField::kValue):
        RETURN_IF_ERROR(ReadValue(message.get_message(), depth, budget, out.value));
        break;
      default:
        message.skip();
    }
  }
  return OkStatus();
}

}  // namespace

Status ReadAttribute(pbf_reader& reader, OtlpDecodeBudget& budget, model::Attributes& out) {
  RETURN_IF_ERROR(budget.Charge(sizeof(model::Attribute)));
  return ReadKeyValue(reader.get_message(), 1, budget, out.emplace_back());
}

StatusOr<model::Resource> ReadResource(pbf_reader message, OtlpDecodeBudget& budget) {
  model::Resource out;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(ResourceField::kAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.attributes));
        break;
      case Varint(ResourceField::kDroppedAttributes):
        out.dropped_attributes_count = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
  return out;
}

StatusOr<model::Scope> ReadScope(pbf_reader message, OtlpDecodeBudget& budget) {
  model::Scope out;
  while (message.next()) {
    switch (message.tag_and_type()) {
      case Bytes(ScopeField::kName):
        out.name = GetText(message);
        break;
      case Bytes(ScopeField::kVersion):
        out.version = GetText(message);
        break;
      case Bytes(ScopeField::kAttributes):
        RETURN_IF_ERROR(ReadAttribute(message, budget, out.attributes));
        break;
      case Varint(ScopeField::kDroppedAttributes):
        out.dropped_attributes_count = message.get_uint32();
        break;
      default:
        message.skip();
    }
  }
  return out;
}

}  // namespace glint::wire::otlp
