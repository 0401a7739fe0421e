# Run as a script: writes OUTPUT.S (the bytes of every file below DIR) and OUTPUT.cc (their table,
# embedded::Files()). With no DIR the table is empty.
#   cmake -DDIR=ui/dist -DOUTPUT=embedded_ui -P GlintEmbed.cmake
set(files "")
if(IS_DIRECTORY "${DIR}")
  file(GLOB_RECURSE files LIST_DIRECTORIES false RELATIVE "${DIR}" "${DIR}/*")
endif()
list(SORT files)
set(assembly ".section .rodata\n")
set(declarations "")
set(rows "")
set(index 0)
foreach(file IN LISTS files)
  string(APPEND assembly ".global glint_ui_${index}\n.global glint_ui_${index}_end\n"
         "glint_ui_${index}:\n.incbin \"${DIR}/${file}\"\nglint_ui_${index}_end:\n.byte 0\n")
  string(APPEND declarations
         "extern const char glint_ui_${index}[];\nextern const char glint_ui_${index}_end[];\n")
  string(APPEND rows "      {\"/${file}\", {glint_ui_${index}, glint_ui_${index}_end}},\n")
  math(EXPR index "${index} + 1")
endforeach()
string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
file(WRITE "${OUTPUT}.S" "${assembly}")
file(WRITE "${OUTPUT}.cc" "// Made by cmake/GlintEmbed.cmake.
#include \"server/embedded_files.h\"

extern \"C\" {
${declarations}}

namespace glint::server {

const std::vector<EmbeddedFile>& EmbeddedFiles() {
  static const std::vector<EmbeddedFile> files = {
${rows}  };
  return files;
}

}  // namespace glint::server
")
